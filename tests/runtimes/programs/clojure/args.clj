(run! println *command-line-args*)
