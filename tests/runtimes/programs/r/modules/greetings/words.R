greeting <- function() "from a module"
