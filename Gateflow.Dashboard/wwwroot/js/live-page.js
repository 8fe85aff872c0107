// The key F fills the screen with the live page, and leaves it again; Escape only leaves. Typing and open dialogs keep their keys.
export function listen(page) {
  const typing = element => element?.closest('input, textarea, select, [contenteditable], dialog, [role="dialog"], .rz-dialog');
  const onKey = event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) { return; }
    if (!document.querySelector('.live')) { document.removeEventListener('keydown', onKey); return; } // the page was left while this was being bound
    const walled = document.querySelector('.live.wall') !== null;
    const wanted = event.key === 'f' || event.key === 'F' || (event.key === 'Escape' && walled);
    if (!wanted || typing(event.target) || document.querySelector('.rz-dialog')) { return; }
    event.preventDefault();
    void page.invokeMethodAsync('ToggleWallFromKey');
  };
  document.addEventListener('keydown', onKey);
  return { release() { document.removeEventListener('keydown', onKey); } };
}
