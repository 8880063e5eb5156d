namespace BmadServer.Load.Reporting;

/// <summary>One line on a terminal that says what is going on. Nothing where standard error is no terminal.</summary>
internal static class Progress
{
    private static readonly bool IsShown = !Console.IsErrorRedirected;
    private static readonly long Start = TimeProvider.System.GetTimestamp();

    public static void Say(string what)
    {
        if (IsShown)
        {
            const string eraseLine = "\r\e[2K";
            Console.Error.Write($"{eraseLine}{TimeProvider.System.GetElapsedTime(Start):mm\\:ss} {what}");
        }
    }

    /// <summary>Leaves an empty line behind.</summary>
    public static void End()
    {
        if (IsShown)
        {
            Console.Error.Write("\r\e[2K");
        }
    }
}
