return 'from a module'
