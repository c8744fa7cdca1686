def greeting():
    return "from a module"
