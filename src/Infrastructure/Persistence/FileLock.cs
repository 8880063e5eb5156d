namespace BmadServer.Infrastructure.Persistence;

/// <summary>A lock among servers that share a directory. The operating system frees it when its holder dies.</summary>
internal static class FileLock
{
    /// <summary>How long to wait before the next try.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <returns>Frees the lock when disposed; null while another holds it.</returns>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
