export sentence = -> 'from a module'
