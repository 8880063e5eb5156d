using System.Runtime.InteropServices;

namespace BmadServer.Testing;

/// <summary>Sends signals, which .NET itself cannot, except for SIGKILL to its own children.</summary>
public static class Signal
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    public static int Continue { get; } = OperatingSystem.IsMacOS() ? 19 : 18;

    public static int Stop { get; } = OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Whether the process has ended. Its parent need not have taken notice of it.</summary>
    public static bool IsGone(int pid)
    {
        const int nothing = 0;
        return SendSignal(pid, nothing) != 0 || IsZombie(pid);
    }

    /// <summary>Nothing happens when the process has ended already.</summary>
    public static void Send(int pid, int signal) => _ = SendSignal(pid, signal);

    private static bool IsZombie(int pid)
    {
        try
        {
            // The name before it is in brackets and may hold anything.
            var status = File.ReadAllText($"/proc/{pid}/stat");
            return status[(status.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            // Gone meanwhile, or a system without /proc, where the parent of orphans takes notice at once.
            return OperatingSystem.IsLinux();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
