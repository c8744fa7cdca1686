class Sum {
    static function main() {
        // An integer has 32 bits here; a float holds the sum exactly.
        var total = 0.0;
        for (word in ~/\s+/g.split(StringTools.trim(Sys.stdin().readAll().toString()))) {
            total += Std.parseFloat(word);
        }
        Sys.println(total);
    }
}
