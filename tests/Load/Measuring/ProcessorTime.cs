using System.Globalization;

namespace BmadServer.Load.Measuring;

/// <summary>Processor time of processes that are not our children, from <c>/proc</c>. Linux only.</summary>
internal static class ProcessorTime
{
    /// <summary>The unit of <c>/proc/*/stat</c>, which Linux has fixed for programs.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>The parent of a process; null where it cannot be seen.</summary>
    public static int? ParentOf(int pid) => Read(pid)?.Parent;

    /// <summary>Of a process and all its children, also those that have ended; null where it cannot be seen.</summary>
    public static TimeSpan? OfFamily(int pid)
    {
        if (Read(pid) is not { } parent)
        {
            return null;
        }

        var ticks = parent.Own + parent.EndedChildren;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var other)
                && Read(other) is { } child
                && child.Parent == pid
            )
            {
                ticks += child.Own;
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    private static Stat? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            // The name before it is in brackets and may hold anything. Fields are numbered from 3 here; see proc(5).
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new Stat(Parent: (int)Field(4), Own: Field(14) + Field(15), EndedChildren: Field(16) + Field(17));

            long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or this is another system.
            return null;
        }
    }

    private sealed record Stat(int Parent, long Own, long EndedChildren);
}
