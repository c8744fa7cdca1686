package com.example;

class Helper {
    static void print(String text) { System.out.println(text); }
}

public final class Args {
    public static void main(final String[] args) {
        for (String arg : args) Helper.print(arg);
    }
}
