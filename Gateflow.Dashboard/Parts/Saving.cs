using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Parts;

/// <summary>
/// What a form writes: one writing at a time, and beside its button why the latest failed. A database that is away is told there and ends no page: what was typed
/// stays and can be sent again.
/// </summary>
public sealed class Saving
{
    public bool IsBusy { get; private set; }

    /// <summary>Why the latest writing was not done, for people; null when it was, or the fault stands at its field.</summary>
    public string? Fault { get; private set; }

    /// <summary>Writes, unless it is being written. False when it was not done.</summary>
    /// <param name="save">Writes, and answers why it was not done; null when it was, or the fault stands at its field.</param>
    /// <param name="leaves">True where the page is left once it is done: busy until it is gone, since a second press would do it again.</param>
    /// <param name="confirmed">True where people were asked first: they are told when another writing keeps theirs from being done. A mere second press of a button is not.</param>
    public async Task<bool> TryAsync(Func<Task<string?>> save, bool leaves = false, bool confirmed = false)
    {
        ArgumentNullException.ThrowIfNull(save);
        if (IsBusy)
        {
            Fault = confirmed ? "Another change is still being saved, so this one was not. Try again." : Fault;
            return false;
        }

        (IsBusy, Fault) = (true, null);
        var done = false;
        try
        {
            var refusal = await save();
            done = refusal is null;
            Fault = refusal ?? Fault; // what was told of another meanwhile
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            Fault = DatabaseFault.NotSaved(broken);
        }
        finally
        {
            IsBusy = done && leaves;
        }

        return done;
    }

    /// <summary>Takes the fault away, which is of what was typed before.</summary>
    public void Forget() => Fault = null;
}
