try {
    new Socket('192.0.2.1', 80).close()
    println 'connected'
} catch (IOException error) {
    println 'no network'
}
