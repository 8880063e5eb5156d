using System.Collections.Concurrent;
using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>A connection has closed. Its session stays for the device to come back to.</summary>
public sealed record DropConnection(SessionId SessionId, string ConnectionId, DateTimeOffset DroppedAt) : IRequest;

/// <summary>
/// Drops that could not be stored, because the database was away: a sweep stores them once it is back, with the time at
/// which they happened.
/// </summary>
internal sealed class UnstoredDrops
{
    private readonly ConcurrentQueue<DropConnection> _drops = new();

    public void Add(DropConnection drop) => _drops.Enqueue(drop);

    public IReadOnlyList<DropConnection> TakeAll()
    {
        List<DropConnection> taken = [];
        while (_drops.TryDequeue(out var drop))
        {
            taken.Add(drop);
        }

        return taken;
    }
}

internal sealed class DropConnectionHandler(ISessionRepository sessions, UnstoredDrops unstored, IUnitOfWork unitOfWork)
    : AsyncRequestHandler<DropConnection>
{
    protected override async Task Handle(DropConnection request, CancellationToken cancellationToken)
    {
        try
        {
            await unitOfWork.ExecuteAsync(
                token => sessions.MarkDisconnectedAsync(request.SessionId, request.ConnectionId, request.DroppedAt, token),
                cancellationToken
            );
        }
        catch
        {
            unstored.Add(request);
            throw;
        }
    }
}
