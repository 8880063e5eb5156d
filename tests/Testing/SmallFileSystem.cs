using System.Diagnostics;

namespace BmadServer.Testing;

/// <summary>
/// A file system in memory, small enough to be filled. Mounting one takes root (CAP_SYS_ADMIN); so would a loop device, which is
/// why there is no other way here to fall back on. It is unmounted even when the test run is killed.
/// </summary>
public sealed class SmallFileSystem : IDisposable
{
    private const string FillerName = "filler";

    private readonly int _bytes;

    private SmallFileSystem(string path, int bytes) => (Path, _bytes) = (path, bytes);

    /// <summary>Its root.</summary>
    public string Path { get; }

    /// <summary>In bytes.</summary>
    public long Free => new DriveInfo(Path).AvailableFreeSpace;

    private string Filler => System.IO.Path.Combine(Path, FillerName);

    /// <param name="obstacle">Why there is none.</param>
    /// <returns>Null where this machine does not let us mount one.</returns>
    public static SmallFileSystem? TryMount(int bytes, out string obstacle)
    {
        obstacle = "";
        if (!OperatingSystem.IsLinux())
        {
            obstacle = "a small file system can be mounted on Linux only";
            return null;
        }

        var path = Directory.CreateTempSubdirectory("bmadserver-small-").FullName;
        Watchdog.KeepMount(path);
        if (Run("mount", ["-t", "tmpfs", "-o", $"size={bytes},mode=0700", "bmadserver-small", path]) is { } refusal)
        {
            Watchdog.DropMount(path);
            Directory.Delete(path);
            obstacle = $"a small file system cannot be mounted: {refusal}";
            return null;
        }

        return new SmallFileSystem(path, bytes);
    }

    /// <summary>Writes until nothing more fits.</summary>
    public void Fill()
    {
        var block = new byte[4096];
        try
        {
            // Without a buffer, so that what does not fit is refused here and not when the file is closed.
            using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            for (long written = 0; written <= _bytes; written += block.Length)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            return;
        }

        throw new InvalidOperationException($"{Path} takes more than its {_bytes} bytes.");
    }

    /// <summary>Gives back the room that <see cref="Fill"/> took.</summary>
    public void Clear() => File.Delete(Filler);

    public void Dispose()
    {
        if (Run("umount", [Path]) is not null && Run("umount", ["-l", Path]) is { } refusal)
        {
            throw new InvalidOperationException($"{Path} cannot be unmounted: {refusal}");
        }

        Watchdog.DropMount(Path);
        Directory.Delete(Path);
    }

    private static string? Run(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
