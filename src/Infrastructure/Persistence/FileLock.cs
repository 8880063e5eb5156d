namespace BmadServer.Infrastructure.Persistence;

/// <summary>
/// A lock among servers that share a directory: an empty file, which stays, since one that was deleted could be held by one server
/// while another holds its successor. The operating system frees it when its holder dies.
/// </summary>
internal static class FileLock
{
    /// <summary>How long to wait before the next try.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>What an <see cref="IOException"/> has as its code when another holds the file: on Windows, Linux and macOS.</summary>
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;

    /// <returns>Frees the lock when disposed; null while another holds it.</returns>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (failure.HResult is SharingViolation or WouldBlockOnLinux or WouldBlockOnMac)
        {
            return null;
        }
    }
}
