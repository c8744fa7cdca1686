using System;
using System.Text;

class Parser
{
    const long Modulus = 1000003;
    readonly string text;
    int at;

    public Parser(string text)
    {
        this.text = text;
    }

    bool Sees(char character)
    {
        return at < text.Length && text[at] == character;
    }

    public long Expression()
    {
        long value = Term();
        while (Sees('+') || Sees('-'))
        {
            bool plus = text[at++] == '+';
            long other = Term();
            value = (value + (plus ? other : Modulus - other)) % Modulus;
        }
        return value;
    }

    long Term()
    {
        long value = Factor();
        while (Sees('*'))
        {
            at++;
            value = value * Factor() % Modulus;
        }
        return value;
    }

    long Factor()
    {
        if (!Sees('(')) return text[at++] - '0';
        at++;
        long value = Expression();
        at++;
        return value;
    }
}

class Program
{
    static void Main()
    {
        int n = int.Parse(Console.ReadLine()), i = 0;
        var text = new StringBuilder();
        foreach (string word in Console.ReadLine().Split(' '))
        {
            int v = int.Parse(word);
            if (i > 0) text.Append("+-*"[(v + 271828) % 3]);
            if (i % 5 == 0) text.Append('(');
            text.Append(v % 10);
            if (i % 5 == 4 || i == n - 1) text.Append(')');
            i++;
        }
        Console.WriteLine("ennead-text {0} {1}", text.Length, new Parser(text.ToString()).Expression());
    }
}
