:- module(words, [greeting/1]).

greeting('from a module').
