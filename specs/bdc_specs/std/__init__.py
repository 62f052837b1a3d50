"""The standard library, written in the language itself: `std.mixins`, `std.types`. Data; imports nothing."""
