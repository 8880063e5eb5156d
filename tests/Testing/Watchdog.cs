using System.Diagnostics;

namespace BmadServer.Testing;

/// <summary>
/// A small process beside the tests that cleans up when they end in whatever way: it kills the processes and unmounts the
/// file systems that it was told of and that were not crossed off again.
/// </summary>
internal static class Watchdog
{
    // The pipe closes with the process that holds its other end, and not before: its children do not inherit it.
    private const string Script = """
        trap '' INT TERM HUP
        kept=
        while read -r verb what; do
          case $verb in
            keep) kept="$kept $what " ;;
            drop) kept="${kept%%" $what "*}${kept#*" $what "}" ;;
          esac
        done
        for what in $kept; do
          case $what in process:*) kill -KILL "${what#process:}" ;; esac
        done 2>/dev/null
        for what in $kept; do
          case $what in mount:*) umount -l "${what#mount:}" && rmdir "${what#mount:}" ;; esac
        done 2>/dev/null
        """;

    private static readonly Lock Gate = new();
    private static Process? _process;

    public static void KeepProcess(int pid) => Tell($"keep process:{pid}");

    public static void DropProcess(int pid) => Tell($"drop process:{pid}");

    /// <param name="path">Of a folder, without white space, which is removed as well.</param>
    public static void KeepMount(string path) => Tell($"keep mount:{path}");

    public static void DropMount(string path) => Tell($"drop mount:{path}");

    private static void Tell(string line)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        lock (Gate)
        {
            _process ??= Process.Start(
                new ProcessStartInfo("sh", ["-c", Script]) { RedirectStandardInput = true, WorkingDirectory = "/" }
            );
            _process!.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
    }
}
