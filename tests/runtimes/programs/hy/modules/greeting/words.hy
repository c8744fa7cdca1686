(setv greeting "from a module")
