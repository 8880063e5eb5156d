using System.Globalization;
using BmadServer.Load.Clients;
using BmadServer.Load.Floors;
using BmadServer.Load.Measuring;
using BmadServer.Testing;

namespace BmadServer.Load.Subjects;

/// <summary>One of the floors, as a process of this program. It knows neither users nor workflows.</summary>
internal sealed class FloorSubject : Subject
{
    private FloorSubject(string name, ServerNode node, Instruments instruments)
        : base(name, node, instruments) { }

    /// <param name="database">The connection string of an empty PostgreSQL database; unused by the echo.</param>
    /// <param name="parallelCalls">How many calls of one connection it works on at once.</param>
    public static async Task<FloorSubject> StartAsync(
        FloorKind kind,
        string database,
        int parallelCalls,
        CancellationToken cancellationToken
    )
    {
        var name = kind.ToString().ToLowerInvariant();
        var settings = new Dictionary<string, string>(ChildSettings.Common)
        {
            [FloorHost.ConnectionString] = database,
            [FloorHost.ParallelCalls] = parallelCalls.ToString(CultureInfo.InvariantCulture),
        };
        string[] program = ["BmadServer.Load.dll", "floor", name];
        var node = await ServerNode.StartNewAsync(settings, program: program, cancellationToken: cancellationToken);
        var instruments = await Instruments.OpenAsync(node, kind == FloorKind.Echo ? null : database, cancellationToken);
        return new FloorSubject($"floor {name}", node, instruments);
    }

    public override Task<Fleet> OpenFleetAsync(
        int connections,
        int workflows,
        IHubListener listener,
        CancellationToken cancellationToken
    ) =>
        Fleet.OpenAsync(
            connections,
            async (i, token) =>
                new Seat(await HubConnection.OpenAsync(Node.Url, accessToken: null, listener, i, cancellationToken: token), 0, Guid.Empty),
            cancellationToken
        );

    public override CallFrame Send(Seat seat, int? call, string text) => CallFrame.Create(call, "SendMessage", $"\"{text}\"");
}
