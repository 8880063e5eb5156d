using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Load.Floors;

internal sealed class EchoHub : Hub
{
    [SuppressMessage("Performance", "CA1822", Justification = "SignalR dispatches to instance methods only.")]
    public string SendMessage(string text) => text;
}

internal sealed class CommitHub(FloorTable table) : Hub
{
    /// <returns>The row's number, once it is committed.</returns>
    public Task<long> SendMessage(string text) => table.InsertAsync(text);
}

internal sealed class GroupHub(GroupCommit commit) : Hub
{
    /// <returns>The row's number, once it is committed.</returns>
    public Task<long> SendMessage(string text) => commit.InsertAsync(text);
}
