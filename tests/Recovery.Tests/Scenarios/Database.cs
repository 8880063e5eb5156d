namespace BmadServer.Recovery.Tests.Scenarios;

public enum Database
{
    Sqlite,
    Postgres,
}
