<?php
namespace Greetings;

function greeting(): string
{
    return "from a module";
}
