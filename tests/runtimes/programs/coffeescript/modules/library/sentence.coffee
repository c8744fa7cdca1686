exports.sentence = -> 'from a module'
