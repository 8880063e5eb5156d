namespace BmadServer.Web.Hosting;

/// <summary>
/// Keeps tokens and message texts out of the log, whatever levels an operator sets: the framework's request lines hold the
/// query, and with it a WebSocket's access token; SignalR's debug lines hold the arguments of hub calls.
/// </summary>
internal static class LogPrivacy
{
    private static readonly (string Category, LogLevel Minimum)[] Floors =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning),
        ("Microsoft.AspNetCore.Http.Connections", LogLevel.Information),
        ("Microsoft.AspNetCore.SignalR", LogLevel.Information),
        // A stack trace for every call that is refused; the hub's own filter logs the failures that are the server's.
        ("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.Critical),
        ("Microsoft.AspNetCore.HttpLogging", LogLevel.None),
        ("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information),
    ];

    public static IServiceCollection AddLogPrivacy(this IServiceCollection services) =>
        services.PostConfigure<LoggerFilterOptions>(options =>
        {
            foreach (var (category, minimum) in Floors)
            {
                for (var i = 0; i < options.Rules.Count; i++)
                {
                    var rule = options.Rules[i];
                    if (rule.CategoryName?.StartsWith(category, StringComparison.OrdinalIgnoreCase) == true && rule.LogLevel < minimum)
                    {
                        options.Rules[i] = new LoggerFilterRule(rule.ProviderName, rule.CategoryName, minimum, rule.Filter);
                    }
                }

                foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray())
                {
                    AddFloor(options, provider, category, minimum);
                }
            }
        });

    /// <summary>Where no rule names the category itself, a broader one, such as the default, would decide.</summary>
    private static void AddFloor(LoggerFilterOptions options, string? provider, string category, LogLevel minimum)
    {
        var isRuled = options.Rules.Any(rule =>
            rule.ProviderName == provider && string.Equals(rule.CategoryName, category, StringComparison.OrdinalIgnoreCase)
        );
        if (!isRuled)
        {
            var broader = options
                .Rules.Where(rule =>
                    rule.ProviderName == provider
                    && (rule.CategoryName is null || category.StartsWith(rule.CategoryName, StringComparison.OrdinalIgnoreCase))
                )
                .MaxBy(rule => rule.CategoryName?.Length ?? 0);
            var level = broader?.LogLevel is { } wanted && wanted > minimum ? wanted : minimum;
            options.Rules.Add(new LoggerFilterRule(provider, category, level, broader?.Filter));
        }
    }
}
