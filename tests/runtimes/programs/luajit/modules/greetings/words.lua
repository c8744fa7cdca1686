return {
  greeting = function()
    return "from a module"
  end,
}
