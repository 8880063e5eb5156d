using BmadServer.Testing;

// For tests that are not .NET's. They find PostgreSQL where the others do, and need no client of their own for it: the
// connection string of an empty database goes to standard output, and it is all gone when standard input ends.
await using var server = await PostgresServer.StartAsync();
await Console.Out.WriteLineAsync(await server.CreateDatabaseAsync());
await Console.In.ReadToEndAsync();
