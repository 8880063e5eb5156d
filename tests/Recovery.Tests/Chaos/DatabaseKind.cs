namespace BmadServer.Recovery.Tests.Chaos;

public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
