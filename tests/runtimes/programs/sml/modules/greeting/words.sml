structure Words = struct
  val greeting = "from a module"
end
