namespace BmadServer.Load.Subjects;

/// <summary>What can be measured, as it is named on the command line.</summary>
internal enum SubjectKind
{
    Echo,
    Commit,
    Group,

    /// <summary>The server on PostgreSQL.</summary>
    Postgres,

    /// <summary>The server on SQLite.</summary>
    Sqlite,
}
