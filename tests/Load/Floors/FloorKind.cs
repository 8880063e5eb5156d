namespace BmadServer.Load.Floors;

/// <summary>What a floor does with a message.</summary>
internal enum FloorKind
{
    /// <summary>Gives it back. Nothing is stored.</summary>
    Echo,

    /// <summary>One INSERT and one commit each.</summary>
    Commit,

    /// <summary>Those that arrive together share an INSERT and a commit.</summary>
    Group,
}
