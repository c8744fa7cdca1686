using System;
using System.Linq;

class Matrix
{
    const int Modulus = 10007;
    readonly long[,] cells = new long[3, 3];

    public long this[int i, int j]
    {
        get { return cells[i, j]; }
        set { cells[i, j] = value % Modulus; }
    }

    public static Matrix operator *(Matrix a, Matrix b)
    {
        var product = new Matrix();
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                for (int k = 0; k < 3; k++) product[i, j] += a[i, k] * b[k, j];
        return product;
    }

    public override string ToString()
    {
        return string.Join("\n", Enumerable.Range(0, 3).Select(i => $"{this[i, 0]} {this[i, 1]} {this[i, 2]}"));
    }
}

class Program
{
    static void Main()
    {
        Console.ReadLine();
        var words = Console.ReadLine().Split(' ');
        Matrix power = new Matrix(), result = new Matrix();
        for (int i = 0; i < 9; i++) power[i / 3, i % 3] = long.Parse(words[i]) % 1000;
        for (int i = 0; i < 3; i++) result[i, i] = 1;
        for (int exponent = 271828; exponent > 0; exponent /= 2, power *= power)
            if (exponent % 2 == 1) result *= power;
        Console.WriteLine("ennead-text");
        Console.WriteLine(result);
    }
}
