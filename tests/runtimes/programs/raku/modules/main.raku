use Greetings::Words;

say greeting;
