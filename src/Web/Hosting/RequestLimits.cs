using BmadServer.Web.Chat;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BmadServer.Web.Hosting;

/// <summary>How much of a request the server takes, and how slowly. Each is far above what the product's clients need.</summary>
internal static class RequestLimits
{
    private const int MaximumBodyBytes = 128 * 1024;

    /// <summary>In a browser an access token stands in it, of some 500 characters.</summary>
    private const int MaximumLineBytes = 8 * 1024;

    private const int MaximumHeaderBytes = 16 * 1024;

    /// <summary>A browser behind two proxies sends some 30.</summary>
    private const int MaximumHeaders = 64;

    private static readonly TimeSpan MaximumHeaderTime = TimeSpan.FromSeconds(15);

    /// <summary>So a body of the full size has 2 minutes; whoever sends more slowly is cut off with 408.</summary>
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(10));

    public static void Apply(KestrelServerLimits limits, ConnectionLimits connections)
    {
        limits.MaxRequestBodySize = MaximumBodyBytes;
        limits.MaxRequestLineSize = MaximumLineBytes;
        limits.MaxRequestHeadersTotalSize = MaximumHeaderBytes;
        limits.MaxRequestHeaderCount = MaximumHeaders;
        limits.RequestHeadersTimeout = MaximumHeaderTime;
        limits.MinRequestBodyDataRate = SlowestBody;
        // WebSockets are not among them once they are open; Admission counts those.
        limits.MaxConcurrentConnections = connections.HttpConnections;
    }
}
