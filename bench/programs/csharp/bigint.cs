using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

class Natural
{
    const int Base = 10000;
    readonly List<int> limbs = new List<int> { 1 };

    public void Multiply(int factor)
    {
        int carry = 0;
        for (int i = 0; i < limbs.Count; i++)
        {
            carry += limbs[i] * factor;
            limbs[i] = carry % Base;
            carry /= Base;
        }
        if (carry > 0) limbs.Add(carry);
    }

    public override string ToString()
    {
        var text = new StringBuilder(limbs.Last().ToString());
        for (int i = limbs.Count - 2; i >= 0; i--) text.Append(limbs[i].ToString("D4"));
        return text.ToString();
    }
}

class Program
{
    static void Main()
    {
        var factorial = new Natural();
        for (int factor = 2; factor <= 30 + 271828 % 20; factor++) factorial.Multiply(factor);
        string text = factorial.ToString();
        int run = 0, longest = 0;
        for (int i = 0; i < text.Length; i++)
        {
            run = i > 0 && text[i] == text[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }
        Console.WriteLine("ennead-text " + text);
        Console.WriteLine(text.Sum(digit => digit - '0') + " " + longest);
    }
}
