"""The payment providers, one file each: a module with a class `PROVIDER`. A new file is a new provider."""
