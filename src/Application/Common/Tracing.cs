using System.Diagnostics;

namespace BmadServer.Application.Common;

/// <summary>The server's own spans: of each request, of each commit that sends share, of each push.</summary>
public static class Tracing
{
    public const string SourceName = "BmadServer";

    /// <summary>While nobody listens to it, it makes none.</summary>
    public static readonly ActivitySource Source = new(SourceName);
}
