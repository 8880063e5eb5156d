using System.Runtime.InteropServices;

namespace BmadServer.Load.Modes;

/// <summary>Waits that are short and end on time; those of .NET end up to a millisecond later.</summary>
internal static class Pause
{
    private const uint LongestMicroseconds = 20_000;

    /// <summary>Returns at the moment, or a little later; at once when it has passed.</summary>
    /// <param name="moment">As <see cref="TimeProvider.GetTimestamp"/>.</param>
    public static void Until(long moment, CancellationToken cancellationToken)
    {
        while (TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), moment).TotalMicroseconds is var left and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ = SleepMicroseconds((uint)Math.Min(left, LongestMicroseconds));
        }
    }

    [DllImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SleepMicroseconds(uint microseconds);
}
