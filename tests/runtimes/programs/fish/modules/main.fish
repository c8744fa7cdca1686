source (status dirname)/greetings/words.fish

greeting
