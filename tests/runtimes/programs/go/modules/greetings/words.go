package greetings

func Greeting() string { return "from a module" }
