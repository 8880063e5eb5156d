namespace BmadServer.Web.Chat;

internal static class UnawaitedSends
{
    /// <summary>
    /// Lets a send to others go on by itself. SignalR completes it only once every receiver has room for it, and one that
    /// does not read must hold up nobody; the order of what a connection receives is the order in which sends were begun.
    /// </summary>
    /// <param name="onFault">Told why the send failed, if it does.</param>
    public static void Unawaited(this Task send, Action<Exception> onFault)
    {
        if (!send.IsCompletedSuccessfully)
        {
            _ = send.ContinueWith(
                failed => onFault(failed.Exception!),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
        }
    }
}
