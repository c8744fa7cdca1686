Prints exclamation marks: +++++[>+++++++<-]>--[.]
