let greeting = "from a module"
