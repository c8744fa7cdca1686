require("./sums.js");
