using BmadServer.Domain.Sessions;

namespace BmadServer.Web.Chat;

/// <summary>
/// The versions with which sessions had their latest connection, for a while after it closed: one that was opened earlier and
/// is taken in only now must not pass for the newest.
/// </summary>
internal sealed class DetachedSessions(TimeProvider time)
{
    /// <summary>Longer than the opening of a connection can take.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<SessionId, int> _versions = [];
    private readonly Queue<(SessionId Session, int Version, long At)> _byTime = [];

    /// <returns>0 for a session that had none.</returns>
    public int VersionOf(SessionId session) => _versions.GetValueOrDefault(session);

    public void Add(SessionId session, int version)
    {
        _versions[session] = Math.Max(version, VersionOf(session));
        _byTime.Enqueue((session, version, time.GetTimestamp()));
        while (_byTime.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > Memory)
        {
            _byTime.Dequeue();
            if (_versions.GetValueOrDefault(oldest.Session) == oldest.Version)
            {
                _versions.Remove(oldest.Session);
            }
        }
    }
}
