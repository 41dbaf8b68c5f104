// Pulling a page down past its top, with a finger or the mouse.

const FAR_PX = 60;
const SLOWER = 0.5;

export class Pull {
  constructor(view, scroller) {
    this.view = view;
    this.scroller = scroller;
    this.dots = document.createElement('div');
    this.dots.className = 'wx-pull';
    this.dots.innerHTML = '<i></i><i></i><i></i>';
    view.element.prepend(this.dots);
    const at = (event) => (event.touches ? event.touches[0] : event).clientY;
    scroller.addEventListener('touchstart', (event) => this.begin(at(event)), { passive: true });
    scroller.addEventListener('touchmove', (event) => this.move(at(event)), { passive: true });
    scroller.addEventListener('touchend', () => this.end());
    scroller.addEventListener('mousedown', (event) => this.begin(at(event)));
    scroller.addEventListener('mousemove', (event) => this.move(at(event)));
    scroller.addEventListener('mouseup', () => this.end());
  }

  begin(y) {
    this.from = this.scroller.scrollTop === 0 ? y : null;
    this.far = 0;
  }

  move(y) {
    if (this.from == null) return;
    this.far = Math.max(0, (y - this.from) * SLOWER);
    this.open(Math.min(this.far, FAR_PX * 1.5));
  }

  end() {
    if (this.from == null) return;
    this.from = null;
    if (this.far > FAR_PX) this.start();
    else this.open(0);
  }

  start() {
    this.open(FAR_PX);
    this.view.page.onPullDownRefresh?.();
  }

  stop() {
    this.open(0);
  }

  open(height) {
    this.dots.style.height = `${height}px`;
  }
}
