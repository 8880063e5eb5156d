using BmadServer.Load.Measuring;

namespace BmadServer.Load.Subjects;

/// <summary>The environment variables that server and floors alike are started with.</summary>
internal static class ChildSettings
{
    /// <summary>load.sh sets it: the thread that waits for sockets handles what they received, which saves the client work.</summary>
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>The garbage collector is for all the one that the server asks for; what only this program is to have is off.</summary>
    public static IReadOnlyDictionary<string, string> Common { get; } =
        new Dictionary<string, string>(GarbageCollector.SettingsOf(File.ReadAllText(ServerRuntimeConfig))) { [InlineCompletions] = "0" };

    private static string ServerRuntimeConfig => Path.Combine(AppContext.BaseDirectory, "BmadServer.Web.runtimeconfig.json");
}
