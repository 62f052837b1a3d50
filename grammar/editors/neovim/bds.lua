-- Put this into ~/.config/nvim/lua/bds.lua and write `require("bds")` into init.lua (Neovim 0.11 or newer).
vim.filetype.add({ extension = { bds = "bds" } })
vim.lsp.config("bds", { cmd = { "bdc", "lsp" }, filetypes = { "bds" }, root_markers = { ".git" } })
vim.lsp.enable("bds")
