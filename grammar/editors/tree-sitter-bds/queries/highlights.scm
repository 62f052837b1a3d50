(documentation) @comment.documentation
(comment) @comment
(keyword) @keyword
(attribute "@" @attribute (path) @attribute)
((name) @type (#match? @type "^[A-Z]"))
(number) @number
(string) @string
(raw_string) @string.regexp
(long_string) @string.special
(operator) @operator
