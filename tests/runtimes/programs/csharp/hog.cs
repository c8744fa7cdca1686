using System.Collections.Generic;

class Program {
    static void Main() {
        var kept = new List<int[]>();
        while (true) {
            var block = new int[1000];
            for (int i = 0; i < block.Length; i++) block[i] = i;
            kept.Add(block);
        }
    }
}
