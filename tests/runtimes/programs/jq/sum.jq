reduce inputs as $number (.; . + $number)
