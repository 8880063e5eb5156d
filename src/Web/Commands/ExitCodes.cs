namespace BmadServer.Web.Commands;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It was refused, or failed.</summary>
    public const int Failed = 1;

    /// <summary>The arguments make no sense.</summary>
    public const int Misused = 2;
}
