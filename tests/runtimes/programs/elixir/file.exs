File.write!("scratch.txt", "written and read\n")
IO.write(File.read!("scratch.txt"))
